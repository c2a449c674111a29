select a.id, b.name, count(*) as n from table_a a left join (select id, name from b where x in (1,2,3) and y = 'it''s') b on a.id=b.id -- trailing
where a.d between '2020-01-01' and current_date and case when a.z then 1 else 0 end = 1 group by 1,2 having count(*) > 3 order by n desc limit 10;
create table Foo (id integer primary key, "Quoted Name" varchar(20) not null default 'x', price numeric(10,2)); /* block
comment */ insert into foo values (1,'a',2.5),(2,'b',NULL);
